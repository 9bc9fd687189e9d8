/**
 * Access records: filled by a loop in scratch memory, handed to the log thread through one bounded ring per loop. A
 * full ring drops the record and says so; a loop never waits for a disk.
 */
package dev.ringway.engine.accesslog;
