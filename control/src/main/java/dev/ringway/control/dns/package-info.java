/**
 * Names of STRICT_DNS and LOGICAL_DNS clusters, looked up off the loops.
 */
package dev.ringway.control.dns;
