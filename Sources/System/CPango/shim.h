#include <cairo-pdf.h>

/* Pango's own headers need GIO's, whose pkg-config flags SwiftPM refuses. These are the functions in use, as every Pango 1.x has them. */
typedef struct _PangoLayout PangoLayout;
typedef struct _PangoFontDescription PangoFontDescription;

enum { PANGO_SCALE = 1024 };
enum { PANGO_ALIGN_LEFT = 0, PANGO_ALIGN_RIGHT = 2 };
enum { PANGO_ELLIPSIZE_END = 3 };

PangoLayout *pango_cairo_create_layout(cairo_t *context);
void pango_cairo_show_layout(cairo_t *context, PangoLayout *layout);
void pango_layout_set_text(PangoLayout *layout, const char *text, int length);
void pango_layout_set_font_description(PangoLayout *layout, const PangoFontDescription *description);
void pango_layout_set_width(PangoLayout *layout, int width);
void pango_layout_set_alignment(PangoLayout *layout, int alignment);
void pango_layout_set_ellipsize(PangoLayout *layout, int mode);
void pango_layout_set_single_paragraph_mode(PangoLayout *layout, int setting);
PangoFontDescription *pango_font_description_from_string(const char *text);
void pango_font_description_free(PangoFontDescription *description);
void g_object_unref(void *object);
