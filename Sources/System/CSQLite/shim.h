#include <sqlite3.h>

/// Stops counting the memory that SQLite has, for which all threads take one lock at each allocation. To be called before anything else.
static inline int csqlite_count_no_memory(void) { return sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); }
