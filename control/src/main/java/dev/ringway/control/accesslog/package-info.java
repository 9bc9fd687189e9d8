/**
 * Access logs: formats compiled once into small programs, one log thread that runs them over the loops' records and
 * writes files. A slow or full disk costs records, which are counted, and never time of a loop.
 */
package dev.ringway.control.accesslog;
