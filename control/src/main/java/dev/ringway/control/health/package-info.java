/**
 * Active health checks of endpoints: off the loops, each on a virtual thread of its own, so that a target that stalls
 * delays nobody. What they find goes to the endpoints' health, which all loops see.
 */
package dev.ringway.control.health;
