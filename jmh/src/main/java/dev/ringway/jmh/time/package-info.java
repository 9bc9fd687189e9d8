/**
 * Benchmarks of the timers of connections.
 */
package dev.ringway.jmh.time;
