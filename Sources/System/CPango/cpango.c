#include "CPango.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

static pthread_once_t once = PTHREAD_ONCE_INIT;
static cpango functions;
static bool is_loaded;

static void load(void) {
    void *library = dlopen("libpangocairo-1.0.so.0", RTLD_NOW | RTLD_LOCAL);
    if (!library) return;
    is_loaded = true;
    // Names of Pango, Cairo and GObject are found as well: this library needs theirs.
#define CPANGO_FIND(result, name, parameters) \
    if (!(*(void **)&functions.name = dlsym(library, #name))) is_loaded = false;
    CPANGO_FUNCTIONS(CPANGO_FIND)
}

const cpango *cpango_load(void) {
    pthread_once(&once, load);
    return is_loaded ? &functions : NULL;
}
