/**
 * Accepting: a listener's socket on one loop. Loop thread only.
 */
package dev.ringway.engine.listen;
