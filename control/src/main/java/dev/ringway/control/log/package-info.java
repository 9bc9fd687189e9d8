/**
 * Logging of the control side: one line a record, in the form of Envoy. Never used on a loop.
 */
package dev.ringway.control.log;
