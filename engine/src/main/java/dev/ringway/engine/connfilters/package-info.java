/**
 * The filters of connections that Ringway has itself, before the last filter of a chain. Written against
 * {@code engine.filter} as any other; made by the translation of the configuration.
 */
package dev.ringway.engine.connfilters;
