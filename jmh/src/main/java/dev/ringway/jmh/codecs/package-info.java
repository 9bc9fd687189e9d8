/**
 * Benchmarks of the codecs. Run with {@code -prof gc}: every one must show 0 B/op.
 */
package dev.ringway.jmh.codecs;
