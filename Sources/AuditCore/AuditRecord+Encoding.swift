internal import Wire

/// Bytes of a record: hand-written, so that equal records are equal bytes.
extension AuditRecord {
    /// Appends the record's line, without a line feed, to `bytes`.
    package func encode(into bytes: inout [UInt8]) {
        var json = JSONWriter(bytes: [])
        swap(&json.bytes, &bytes)
        json.raw("{\"v\":1,\"t\":\"")
        AuditTime.append(self.stamp.wall, to: &json.bytes)
        json.raw("\",\"mono\":")
        json.count(min(self.stamp.mono, AuditLimits.countMax))
        json.raw(",\"boot\":\"")
        json.bytes.append(contentsOf: self.boot.characters)
        json.raw("\"")
        if let sequence = self.sequence {
            json.raw(",\"seq\":")
            json.count(sequence)
        }
        if let site = self.site {
            json.raw(",\"site\":")
            json.string(site)
        }
        if let session = self.session {
            json.raw(",\"session\":")
            json.string(session.text)
        }
        let rule = self.event.code.rule
        json.raw(",\"code\":")
        json.string(self.event.code.rawValue)
        json.raw(",\"event\":\"")
        json.raw(rule.event)
        json.raw("\",\"actor\":")
        self.encodeActor(into: &json)
        json.raw(",\"data\":")
        self.encodeData(rule, into: &json)
        if let sealed = self.sealed {
            json.raw(",\"enc\":{\"k\":")
            json.string(sealed.key)
            json.raw(",\"n\":")
            json.string(sealed.nonce)
            json.raw(",\"c\":")
            json.string(sealed.ciphertext)
            json.raw("}")
        }
        json.raw("}")
        swap(&json.bytes, &bytes)
    }

    private func encodeActor(into json: inout JSONWriter) {
        json.raw("{\"role\":")
        json.string(self.actor.role.rawValue)
        if let id = self.actor.id {
            json.raw(",\"id\":")
            json.string(id)
        }
        if let key = self.actor.key {
            json.raw(",\"key\":")
            json.string(key)
        }
        json.raw("}")
    }

    private func encodeData(_ rule: AuditRule, into json: inout JSONWriter) {
        json.raw("{")
        var isFirst = true
        for (field, value) in zip(rule.fields, self.event.values) {
            if case .absent = value { continue }
            json.raw(isFirst ? "\"" : ",\"")
            isFirst = false
            json.raw(field.name)
            json.raw("\":")
            switch value {
            case .text(let text): json.string(text)
            case .words(let words): json.words(words)
            case .count(let count): json.count(count)
            case .digest(let digest):
                json.raw("\"")
                digest.appendHex(to: &json.bytes)
                json.raw("\"")
            case .session(let session): json.string(session.text)
            case .ranges(let ranges): json.ranges(ranges)
            case .absent: break
            }
        }
        json.raw("}")
    }
}
