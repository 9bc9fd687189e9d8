/**
 * Endpoints of clusters as one loop uses them: balancing, pools, and the sessions that speak to them. Loop thread only.
 */
package dev.ringway.engine.upstream;
