import Synchronization

/// Which loop takes the next connection: the one with the fewest. Shared by the loops of one relay, all of which have
/// the same listeners. Any thread; touched only when connections come and go.
///
/// The loops watch the same listening sockets, so that whichever is awake accepts; the kernel prefers one of them, and
/// left to it one loop would end up with most links. SO_REUSEPORT would spread by a hash of the peer's address and
/// cannot be had of sockets that systemd hands in.
package final class ConnectionShare: Sendable {
    private struct Member {
        let control: LoopControl
        var count = 0
    }

    private let members = Mutex<[Member]>([])

    package init() {}

    /// A loop begins to accept.
    func join(_ control: LoopControl) { self.members.withLock { $0.append(Member(control: control)) } }

    /// A loop ends accepting: nothing is placed on it any more.
    func leave(_ control: LoopControl) {
        self.members.withLock { members in
            members.removeAll { $0.control === control }
        }
    }

    /// The loop for a connection that `own` accepted, which it keeps when no other has fewer; counted there.
    func place(from own: LoopControl) -> LoopControl {
        self.members.withLock { members in
            var chosen = members.firstIndex { $0.control === own }
            for index in members.indices where members[index].count < chosen.map({ members[$0].count }) ?? .max {
                chosen = index
            }
            guard let chosen else { return own }
            members[chosen].count += 1
            return members[chosen].control
        }
    }

    /// A connection that was placed on a loop goes to another, which could not take it, or is gone.
    func move(from old: LoopControl, to new: LoopControl?) {
        self.members.withLock { members in
            for index in members.indices {
                if members[index].control === old { members[index].count -= 1 }
                if let new, members[index].control === new { members[index].count += 1 }
            }
        }
    }
}

/// An accepted connection on its way to another loop. Who holds it owns the descriptor.
struct Handover: Sendable {
    let descriptor: Int32
    let peer: PeerAddress
    let isSecure: Bool
}
