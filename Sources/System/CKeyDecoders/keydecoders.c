#include "CKeyDecoders.h"

#include <openssl/core_dispatch.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/provider.h>
#include <pthread.h>
#include <stdbool.h>
#include <string.h>

enum { most = 16 };

static OSSL_PROVIDER *whole;
static OSSL_ALGORITHM decoders[most + 1];

/// Whether the first of the names, which colons part, is one of a list that NULL ends.
static bool is_one_of(const char *names, const char *const *list) {
    size_t length = strcspn(names, ":");
    for (; *list; list++)
        if (strlen(*list) == length && strncmp(names, *list, length) == 0) return true;
    return false;
}

static void choose_decoders(void) {
    static const char *const keys[] = {"RSA", "RSA-PSS", "EC", "ED25519", "ED448", NULL};
    int uncached, count = 0;
    const OSSL_ALGORITHM *all = OSSL_PROVIDER_query_operation(whole, OSSL_OP_DECODER, &uncached);
    for (; all && all->algorithm_names && count < most; all++)
        if (strstr(all->property_definition, "input=der,structure=SubjectPublicKeyInfo") && is_one_of(all->algorithm_names, keys))
            decoders[count++] = *all;
}

static const OSSL_ALGORITHM *query(void *context, int operation, int *uncached) {
    if (operation != OSSL_OP_DECODER) return OSSL_PROVIDER_query_operation(whole, operation, uncached);
    *uncached = 0;
    return decoders;
}

/// The groups of TLS.
static int capabilities(void *context, const char *capability, OSSL_CALLBACK *found, void *argument) {
    return OSSL_PROVIDER_get_capabilities(whole, capability, found, argument);
}

// What the default provider made is its own to take down.
static void teardown(void *context) {}

static int start(const OSSL_CORE_HANDLE *core, const OSSL_DISPATCH *offered, const OSSL_DISPATCH **functions, void **context) {
    static const OSSL_DISPATCH own[] = {
        {OSSL_FUNC_PROVIDER_QUERY_OPERATION, (void (*)(void))query},
        {OSSL_FUNC_PROVIDER_GET_CAPABILITIES, (void (*)(void))capabilities},
        {OSSL_FUNC_PROVIDER_TEARDOWN, (void (*)(void))teardown},
        {0, NULL},
    };
    *functions = own;
    *context = OSSL_PROVIDER_get0_provider_ctx(whole);
    return 1;
}

static int is_usual(OSSL_PROVIDER *provider, void *data) {
    static const char *const usual[] = {"default", "base", "legacy", NULL};
    return is_one_of(OSSL_PROVIDER_get0_name(provider), usual);
}

static OSSL_LIB_CTX *made;

static void make(void) {
    if (OSSL_PROVIDER_do_all(NULL, is_usual, NULL) != 1) return;
    // Also without these the default provider is there unless the configuration left it out.
    whole = OSSL_PROVIDER_available(NULL, "default") ? OSSL_PROVIDER_try_load(NULL, "default", 1) : NULL;
    if (!whole) return;
    choose_decoders();
    OSSL_LIB_CTX *context = decoders[0].algorithm_names ? OSSL_LIB_CTX_new() : NULL;
    if (context && OSSL_PROVIDER_add_builtin(context, "radian", start) == 1 && OSSL_PROVIDER_load(context, "radian"))
        made = context;
    else
        OSSL_LIB_CTX_free(context);
}

OSSL_LIB_CTX *ckeydecoders_context(void) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    ERR_set_mark();
    pthread_once(&once, make);
    ERR_pop_to_mark();
    return made;
}
