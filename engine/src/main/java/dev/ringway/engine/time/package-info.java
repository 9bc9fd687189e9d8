/**
 * Time of a loop: read once a duty cycle, and one lazy timer per slot.
 */
package dev.ringway.engine.time;
