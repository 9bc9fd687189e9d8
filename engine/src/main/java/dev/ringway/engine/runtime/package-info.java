/**
 * Puts loops together, starts them, gives them snapshots and ends them.
 */
package dev.ringway.engine.runtime;
