package dev.ringway.control.health;

/** What one check found. */
enum Verdict
{
    /** As it should be. */
    HEALTHY,
    /** As it should be, and it says that it is degraded. */
    DEGRADED,
    /** An answer that makes it unhealthy at once. */
    REFUSED,
    /** The same, and it says that it wants to be left out. */
    LEAVING,
    /** An answer that counts like a broken connection. */
    RETRIABLE,
    /** No connection, or one that broke. */
    BROKEN,
    /** No answer in time. */
    LATE
}
