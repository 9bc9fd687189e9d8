/**
 * Picks what to do with a request: a pure function from a compiled table and a request head to a route.
 */
package dev.ringway.engine.route;
