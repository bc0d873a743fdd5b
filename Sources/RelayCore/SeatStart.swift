/// Where a seat begins, by the session's own indices: said by the session's loop, whose frames are all of them, for a
/// mirror may lag or have a hole.
package enum SeatStart: Equatable, Sendable {
    /// At this frame: the rep has applied the page frame before it. Else at a keyframe that is not before it.
    case frame(UInt64)
    /// At the newest keyframe that is not before this index.
    case keyframe(notBefore: UInt64)

    /// Nothing before it may be handed to the seat.
    package var earliest: UInt64 {
        switch self {
        case .frame(let index), .keyframe(let index): index
        }
    }
}
