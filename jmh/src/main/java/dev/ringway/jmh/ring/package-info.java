/**
 * What the ring itself costs: entries in memory, and entries into the kernel.
 */
package dev.ringway.jmh.ring;
