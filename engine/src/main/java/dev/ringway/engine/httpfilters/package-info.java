/**
 * The HTTP filters that Ringway has itself. Written against {@code engine.filter} as any other; made by the translation of
 * the configuration.
 */
package dev.ringway.engine.httpfilters;
