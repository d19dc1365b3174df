#ifndef CPANGO_H
#define CPANGO_H

/// What sheets need of Pango and Cairo, as every Pango 1.x and Cairo 1.16 or later have it. The libraries, and some thirty that they need,
/// are loaded when the first sheet is made: a server that makes none does without.

typedef struct _cairo *_Nonnull cpango_context;
typedef struct _cairo_surface *_Nonnull cpango_surface;
typedef struct _PangoLayout *_Nonnull cpango_layout;
typedef struct _PangoFontDescription *_Nonnull cpango_font;
typedef const char *_Nonnull cpango_text;
typedef const double *_Nonnull cpango_lengths;
typedef void *_Nonnull cpango_object;

enum { CAIRO_STATUS_SUCCESS = 0 };
enum { CAIRO_PDF_METADATA_TITLE = 0 };
enum { PANGO_SCALE = 1024 };
enum { PANGO_ALIGN_LEFT = 0, PANGO_ALIGN_RIGHT = 2 };
enum { PANGO_ELLIPSIZE_END = 3 };

/// The libraries' functions: result, name there, parameters. Those that make something answer with an object that tells its error.
#define CPANGO_FUNCTIONS(F)                                                                               \
    F(cpango_surface, cairo_pdf_surface_create, (cpango_text path, double width, double height))          \
    F(void, cairo_pdf_surface_set_metadata, (cpango_surface, int metadata, cpango_text))                  \
    F(int, cairo_surface_status, (cpango_surface))                                                        \
    F(void, cairo_surface_finish, (cpango_surface))                                                       \
    F(void, cairo_surface_destroy, (cpango_surface))                                                      \
    F(cpango_context, cairo_create, (cpango_surface))                                                     \
    F(int, cairo_status, (cpango_context))                                                                \
    F(cpango_text, cairo_status_to_string, (int status))                                                  \
    F(void, cairo_destroy, (cpango_context))                                                              \
    F(void, cairo_show_page, (cpango_context))                                                            \
    F(void, cairo_set_source_rgb, (cpango_context, double red, double green, double blue))                \
    F(void, cairo_set_line_width, (cpango_context, double width))                                         \
    F(void, cairo_set_dash, (cpango_context, cpango_lengths dashes, int count, double offset))            \
    F(void, cairo_move_to, (cpango_context, double x, double y))                                          \
    F(void, cairo_line_to, (cpango_context, double x, double y))                                          \
    F(void, cairo_rectangle, (cpango_context, double x, double y, double width, double height))           \
    F(void, cairo_stroke, (cpango_context))                                                               \
    F(void, cairo_fill, (cpango_context))                                                                 \
    F(cpango_layout, pango_cairo_create_layout, (cpango_context))                                         \
    F(void, pango_cairo_show_layout, (cpango_context, cpango_layout))                                     \
    F(void, pango_layout_set_text, (cpango_layout, cpango_text, int length))                              \
    F(void, pango_layout_set_font_description, (cpango_layout, cpango_font))                              \
    F(void, pango_layout_set_width, (cpango_layout, int width))                                           \
    F(void, pango_layout_set_alignment, (cpango_layout, int alignment))                                   \
    F(void, pango_layout_set_ellipsize, (cpango_layout, int mode))                                        \
    F(void, pango_layout_set_single_paragraph_mode, (cpango_layout, int setting))                         \
    F(cpango_font, pango_font_description_from_string, (cpango_text))                                     \
    F(void, pango_font_description_free, (cpango_font))                                                   \
    F(void, g_object_unref, (cpango_object))

#define CPANGO_FIELD(result, name, parameters) result(*_Nonnull name) parameters;
typedef struct cpango {
    CPANGO_FUNCTIONS(CPANGO_FIELD)
} cpango;

/// Loads the libraries, once; NULL where one is missing. Any thread may call.
const cpango *_Nullable cpango_load(void);

#endif
