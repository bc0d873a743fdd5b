"""The rules between records (Protocol/audit-log.md)."""

from audit_segments import check, sha


class Rules:
    """Rules between records."""

    def __init__(self):
        self.boot, self.mono, self.ended, self.open, self.over, self.recordings, self.held = (
            None,
            0,
            True,
            {},
            set(),
            {},
            set(),
        )

    def read(self, r):
        code, d, s = r["code"], r["data"], r.get("session")
        if code == "L100I":
            self.boot, self.mono, self.ended = r["boot"], r["mono"], False
            for o in self.open.values():
                o["interrupted"] = True
            return
        check(not self.ended, "rule", "start")
        self.ended = code in ("L102I", "L104E")
        check(r["boot"] == self.boot, "rule", "boot")
        check(r["mono"] >= self.mono, "rule", "clock")
        self.mono = r["mono"]
        if s:
            self.session(code, d, s, r)
        elif "session" in d:
            self.keep(code, d, d["session"])

    def session(self, code, d, s, r):
        if code == "S100I":
            check(s not in self.open and s not in self.over, "rule", "sessionReopened")
            number = 0
            for c in s:
                number = number << 5 | "0123456789abcdefghjkmnpqrstvwxyz".index(c)
            start = sha(b"alongside frame hash v1\0" + number.to_bytes(16, "big")).hex()
            self.open[s] = o = dict(seq=0, frames=0, hash=start, seats=set(), consent=False, interrupted=False)
            o["site"] = r.get("site")
        check(s not in self.over, "rule", "sessionOver")
        check(s in self.open, "rule", "sessionUnknown")
        o = self.open[s]
        check(r["seq"] == o["seq"] + 1, "rule", "sequence")
        o["seq"] = r["seq"]
        check(not o["interrupted"] or code == "S102W", "rule", "sessionInterrupted")
        check(o["interrupted"] or code != "S102W", "rule", "sessionAbandoned")
        if code in ("C101I", "C102I", "C103I"):
            o["consent"] = code == "C101I"
        elif code in ("F100I", "F103E"):
            check(d["first"] == o["frames"] + 1 and d["last"] >= d["first"], "rule", "frameRange")
            o["frames"] = d["last"]
            if code == "F100I":
                o["hash"] = d["hash"]
                lanes = sum(d[n] for n in ("page", "cursor", "talk", "control"))
                check(lanes == d["last"] - d["first"] + 1, "rule", "frameCount")
                check(o["consent"] or d["page"] + d["cursor"] == 0, "rule", "consentMissing")
        elif code == "S110I":
            check(d["seat"] > 0 and d["seat"] not in o["seats"], "rule", "seatTaken")
            o["seats"].add(d["seat"])
            check(d.get("without", ["cursor"]) == ["cursor"], "rule", "seatLanes")
        elif "seat" in d:
            check(d["seat"] in o["seats"], "rule", "seatUnknown")
            if code == "S111I":
                o["seats"].remove(d["seat"])
            if code == "F101I":
                check(d["ranges"][-1][1] <= o["frames"], "rule", "sentUnhashed")
        if code in ("S101I", "S102W"):
            check((d["frames"], d["hash"]) == (o["frames"], o["hash"]), "rule", "frameHash")
            del self.open[s]
            self.over.add(s)

    def keep(self, code, d, s):
        rec = self.recordings.get(s)
        if code == "K100I":
            check(rec is None and (s in self.open or s in self.over), "rule", "recordingUnknown")
            self.recordings[s] = dict(chunks=[], stopped=False, damaged=set(), gone=False)
        elif code in ("K101I", "K102I", "K103W"):
            check(rec and not rec["stopped"], "rule", "recordingUnknown")
            if code == "K101I":
                rec["chunks"].append((d["bytes"], d["hash"]))
                check(d["chunk"] == len(rec["chunks"]), "rule", "recordingChunk")
            if code == "K102I":
                rec["stopped"] = True
                check(d["chunks"] == len(rec["chunks"]), "rule", "recordingChunk")
        elif code == "K104W" and rec:
            rec["damaged"].add(d["chunk"])
        elif code in ("X103W", "X104I"):
            check(s not in self.held, "rule", "holdBroken")
            if rec:
                rec["gone"] = True
        elif code == "X105I":
            self.held.add(s)
        elif code == "X106I":
            self.held.discard(s)
