/// What a key can ask for. Keys only name commands; `Model` performs them.
enum Command: Equatable, Sendable {
    case help, quit, interrupt, redraw, suspend
    case showQueue, nextTab, previousTab, tab(Int)
    case moveDown, moveUp, moveFirst, moveLast, movePageDown, movePageUp, accept
    case fit, readable, zoomIn, zoomOut
    case panLeft, panRight, panUp, panDown, panPageUp, panPageDown, panTop, panBottom
    case lookInside
    case find, findNext, findPrevious, read
    case follow, tabs, finer, leave
}
