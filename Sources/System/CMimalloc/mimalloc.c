#include "CMimalloc.h"

#include <dlfcn.h>
#include <openssl/crypto.h>

static void *(*allocate)(size_t size);
static void *(*resize)(void *memory, size_t size);
static void (*release)(void *memory);

// OpenSSL also says from where it is called.
static void *take(size_t size, const char *file, int line) { return allocate(size); }
static void *retake(void *memory, size_t size, const char *file, int line) { return resize(memory, size); }
static void give(void *memory, const char *file, int line) { release(memory); }

bool cmimalloc_serve_openssl(void) {
    // Loaded rather than linked: as a library of the program it would take the place of malloc.
    void *library = dlopen("libmimalloc.so.2", RTLD_NOW | RTLD_LOCAL);
    if (!library) return false;
    *(void **)&allocate = dlsym(library, "mi_malloc");
    *(void **)&resize = dlsym(library, "mi_realloc");
    *(void **)&release = dlsym(library, "mi_free");
    if (allocate && resize && release && CRYPTO_set_mem_functions(take, retake, give) == 1) return true;
    dlclose(library);
    return false;
}
