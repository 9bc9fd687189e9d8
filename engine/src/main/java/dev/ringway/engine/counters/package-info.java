/**
 * Counters and gauges as off-heap longs with one writer each, in a mapped file that other processes can read.
 */
package dev.ringway.engine.counters;
