package import Age
internal import AuditCore
package import AuditStore
internal import Wire

/// A session's recording, opened: every chunk checked against the log's word before it is believed.
package struct RecordingReader: Sendable {
    /// The frames by their number in the session, ascending.
    package let frames: [RecordedFrame]
    /// Whether these are all frames of the session and their running hash is the one on record: then nothing that the
    /// log says was relayed is missing or altered.
    package let isProved: Bool

    /// Opens the recording of `story` in the log in `directory` with an auditor's identities.
    package init(
        of story: SessionStory, directory: String, identities: [AgeIdentity]
    ) throws(ReplayError) {
        guard !story.isErased else { throw .erased }
        guard story.isRecorded, !story.chunks.isEmpty else { throw .notRecorded }
        let files = RecordingFiles(directory: directory)
        let session = try Self.opened(files.keyPath(story.session), with: identities)
        let keys: [AgeIdentity]
        do throws(AgeError) {
            keys = try AgeIdentity.all(inFile: session)
        } catch {
            throw .sealed(error)
        }
        var frames: [RecordedFrame] = []
        for chunk in story.chunks {
            let file = try Self.read(files.chunkPath(story.session, chunk.number))
            guard UInt64(file.count) == chunk.bytes, Digest32.sha256(of: file) == chunk.hash else {
                throw .chunkForged(chunk.number)
            }
            guard let part = RecordingChunk.frames(in: try Self.decrypted(file, with: keys)) else {
                throw .chunkMalformed(chunk.number)
            }
            frames += part
        }
        self.frames = frames.sorted { $0.index < $1.index }
        self.isProved = Self.proves(self.frames, story)
    }

    private static func proves(_ frames: [RecordedFrame], _ story: SessionStory) -> Bool {
        var hash = FrameHash(of: story.session)
        for frame in frames {
            guard frame.index == hash.count + 1 else { return false }
            hash.append(SharedFrame(frame.bytes))
        }
        return hash.count == story.frames.count && hash.digest == story.frames.hash
    }

    private static func opened(_ path: String, with identities: [AgeIdentity]) throws(ReplayError) -> [UInt8] {
        try Self.decrypted(try Self.read(path), with: identities)
    }

    private static func read(_ path: String) throws(ReplayError) -> [UInt8] {
        do throws(AuditStoreError) {
            return try RecordingFiles.read(path, bytesMax: RecordingLimits.chunkFileBytesMax)
        } catch {
            throw .store(error)
        }
    }

    private static func decrypted(_ file: [UInt8], with identities: [AgeIdentity]) throws(ReplayError) -> [UInt8] {
        do throws(AgeError) {
            return try AgeFile.decrypt(file, with: identities)
        } catch {
            throw .sealed(error)
        }
    }
}
