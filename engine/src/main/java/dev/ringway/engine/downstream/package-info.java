/**
 * The client's side: sessions that turn bytes of a connection into exchanges and their answers into bytes.
 * Loop thread only.
 */
package dev.ringway.engine.downstream;
