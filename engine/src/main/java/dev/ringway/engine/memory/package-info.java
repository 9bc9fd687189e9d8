/**
 * Off-heap memory of one loop: a slab cut into chunks, the receive buffers the kernel fills, scratch space for small
 * pieces, and blocks for bytes that must wait. Everything is named by an offset in the slab. Loop thread only.
 */
package dev.ringway.engine.memory;
