"""The view as a rep's client keeps it: Protocol/view.md in Python, strict where the contract is."""

TEXT, MASKED, CONTROL, IMAGE, BOX = "t", "m", "f", "i", "b"

KNOWN = {TEXT, MASKED, CONTROL, IMAGE, BOX}


class DoesNotFit(Exception):
    """A delta that names what its base does not have."""


class ViewModel:
    def __init__(self):
        self.members, self.layers, self.blocks, self.order = {}, {}, {}, []
        self.layer_order, self.is_complete = [], False

    def apply(self, kind, body):
        if kind == 0x10:
            self._keyframe(body)
        elif kind == 0x11:
            self._delta(body)
        elif kind == 0x12:
            for layer, x, y in body:
                if layer in self.layers:
                    self.layers[layer] = self.layers[layer][:7] + [x, y] + self.layers[layer][9:]

    def feed(self, frames):
        for frame in frames:
            if frame.kind in (0x10, 0x11, 0x12):
                self.apply(frame.kind, frame.value)
        return self

    def _layers(self, rows):
        assert len(rows) <= 256
        self.layers = {row[0]: list(row) for row in rows}
        self.layer_order = [row[0] for row in rows]
        assert len(self.layers) == len(rows), "a layer's id occurs twice"
        assert rows[0][0] == 0, "the first layer is not the document"
        for row in rows:
            assert row[1] in self.layers, f"layer {row[0]} has an unknown parent"

    def _blocks(self, rows):
        for identity, layer, x, y, items in (row[:5] for row in rows):
            if layer not in self.layers:
                raise DoesNotFit(f"block {identity} in unknown layer {layer}")
            assert 0 < len(items) <= 64, "a block of too many items"
            items = [item for item in items if item[0] in KNOWN]
            if identity not in self.blocks:
                self.order.append(identity)
            self.blocks[identity] = [layer, x, y, items]

    def _keyframe(self, body):
        self.members = {name: body[name] for name in ("page", "viewport", "size", "ground")}
        self.members["reach"] = body.get("reach", [])
        self.blocks, self.order = {}, []
        self._layers(body["layers"])
        self._blocks(body["blocks"])
        assert len(self.blocks) == len(body["blocks"]), "a block's id occurs twice"
        self.is_complete = True

    def _delta(self, body):
        assert self.is_complete, "a delta before a keyframe"
        for name in ("page", "viewport", "size", "ground", "reach"):
            if name in body:
                self.members[name] = body[name]
        if "layers" in body:
            self._layers(body["layers"])
            self.blocks = {key: block for key, block in self.blocks.items() if block[0] in self.layers}
            self.order = [key for key in self.order if key in self.blocks]
        self._blocks(body.get("blocks", []))
        for identity, x, y in body.get("moves", []):
            if identity not in self.blocks:
                raise DoesNotFit(f"move of unknown block {identity}")
            self.blocks[identity][1:3] = [x, y]
        if "order" in body:
            if any(identity not in self.blocks for identity in body["order"]):
                raise DoesNotFit("order of an unknown block")
            self.blocks = {identity: self.blocks[identity] for identity in body["order"]}
            self.order = list(body["order"])

    def origin(self, layer):
        """Where a layer's content begins in the viewport."""
        row = self.layers[layer]
        x, y = row[3] - row[7], row[4] - row[8]
        if layer == 0:
            return -row[7], -row[8]
        if row[2] in (1, 3):
            return x, y
        px, py = self.origin(row[1])
        return px + x, py + y

    def items(self):
        """All items in paint order, each as (x, y, item) in the viewport."""
        for layer in self.layer_order:
            ox, oy = self.origin(layer)
            for identity in self.order:
                block = self.blocks[identity]
                if block[0] == layer:
                    for item in block[3]:
                        yield ox + block[1] + item[1], oy + block[2] + item[2], item

    def texts(self):
        return [item[5] for _, _, item in self.items() if item[0] == TEXT]

    def controls(self):
        return [item for _, _, item in self.items() if item[0] == CONTROL]

    def placed_words(self):
        """Every text on the screen with its rectangle. Controls say their value and, when empty, their hint."""
        for x, y, item in self.items():
            if item[0] == TEXT:
                yield item[5], (x, y, x + item[3], y + item[4])
            elif item[0] == CONTROL:
                yield item[7] or (item[8] if item[6] & 64 else ""), (x, y, x + item[3], y + item[4])

    def same_as(self, other):
        return (
            self.members == other.members
            and self.layers == other.layers
            and self.layer_order == other.layer_order
            and list(self.items()) == list(other.items())
        )
