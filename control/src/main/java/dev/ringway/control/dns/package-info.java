/**
 * Names of STRICT_DNS clusters, looked up off the loops.
 */
package dev.ringway.control.dns;
