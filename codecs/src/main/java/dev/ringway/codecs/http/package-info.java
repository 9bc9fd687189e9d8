/**
 * Parsed HTTP messages, whatever version they came in: heads as offsets into one buffer, never as strings. HTTP/1.1
 * fills them in place, HTTP/2 from scratch memory. Nothing here allocates after construction.
 */
package dev.ringway.codecs.http;
