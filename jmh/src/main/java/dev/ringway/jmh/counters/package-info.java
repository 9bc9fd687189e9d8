/**
 * What counting costs.
 */
package dev.ringway.jmh.counters;
