// libvterm's cells hold bit fields and tagged unions, which Swift cannot read: here they are flat.
#ifndef ALONGSIDE_CVTERM_SHIM_H
#define ALONGSIDE_CVTERM_SHIM_H

#include <stdint.h>
#include <vterm.h>

typedef struct {
    uint32_t scalars[VTERM_MAX_CHARS_PER_CELL];
    int32_t width;
    uint32_t foreground; // 0 the default, else 1 << 24 | rgb, or 2 << 24 | index
    uint32_t background;
    uint32_t attributes; // 1 bold, 4 italic, 8 underline, 16 strike, 32 reverse
} cvterm_cell;

static inline uint32_t cvterm_colour(const VTermColor *colour, int is_default) {
    if (is_default) {
        return 0;
    }
    if (VTERM_COLOR_IS_INDEXED(colour)) {
        return 2u << 24 | colour->indexed.idx;
    }
    return 1u << 24 | (uint32_t)colour->rgb.red << 16 | (uint32_t)colour->rgb.green << 8 | colour->rgb.blue;
}

static inline cvterm_cell cvterm_cell_at(const VTermScreen *screen, int row, int column) {
    VTermPos place = {.row = row, .col = column};
    VTermScreenCell cell = {0};
    cvterm_cell flat = {{0}};
    vterm_screen_get_cell(screen, place, &cell);
    for (int i = 0; i < VTERM_MAX_CHARS_PER_CELL && cell.chars[i]; i++) {
        flat.scalars[i] = cell.chars[i];
    }
    flat.width = cell.width;
    flat.foreground = cvterm_colour(&cell.fg, VTERM_COLOR_IS_DEFAULT_FG(&cell.fg));
    flat.background = cvterm_colour(&cell.bg, VTERM_COLOR_IS_DEFAULT_BG(&cell.bg));
    flat.attributes = (cell.attrs.bold ? 1u : 0) | (cell.attrs.italic ? 4u : 0) | (cell.attrs.underline ? 8u : 0) |
                      (cell.attrs.strike ? 16u : 0) | (cell.attrs.reverse ? 32u : 0);
    return flat;
}

static inline uint32_t cvterm_scalar(const cvterm_cell *cell, int index) {
    return cell->scalars[index];
}

#endif
