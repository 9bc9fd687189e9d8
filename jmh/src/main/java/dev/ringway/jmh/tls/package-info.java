/**
 * TLS without sockets: records, handshakes, and what an idle connection keeps.
 */
package dev.ringway.jmh.tls;
