/**
 * One socket on a loop: its slot, its receive, its queue of bytes to send, its end. Loop thread only.
 */
package dev.ringway.engine.conn;
