/**
 * The command line, logging, signals, and the life of the process. Control thread.
 */
package dev.ringway.control.cli;
