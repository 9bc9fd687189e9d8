/**
 * The event loop: one pinned thread with its ring, memory, timers and counters, and the only way into it from outside.
 */
package dev.ringway.engine.loop;
