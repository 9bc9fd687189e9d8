/**
 * What a filter of HTTP requests is written against, and the chain of filters that a connection manager has. Knows heads
 * as the codecs know them, and nothing of how requests are forwarded.
 */
package dev.ringway.engine.filter;
