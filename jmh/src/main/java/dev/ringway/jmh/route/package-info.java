/**
 * What it costs to find the route of a request.
 */
package dev.ringway.jmh.route;
