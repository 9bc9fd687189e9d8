/**
 * TLS by BoringSSL, on raw addresses: contexts that the control thread builds, engines that turn cipher text into plain
 * text and back on a loop. Nothing here knows of sockets, and the native library is loaded with the first context.
 */
package dev.ringway.engine.tls;
