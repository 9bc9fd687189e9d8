/**
 * The immutable configuration that event loops read: compiled by the control thread, published with one release
 * store, adopted by each loop once per duty cycle. Nothing here changes after construction.
 */
package dev.ringway.engine.snapshot;
