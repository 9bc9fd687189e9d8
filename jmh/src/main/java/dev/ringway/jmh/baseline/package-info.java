/**
 * Netty proxies written the way a user of Netty would write them: the bar that Ringway's own data path has to clear.
 * Nothing here is part of Ringway; {@code perf-scripts/compare} starts them as peers.
 */
package dev.ringway.jmh.baseline;
