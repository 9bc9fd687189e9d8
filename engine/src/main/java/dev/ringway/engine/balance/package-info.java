/**
 * Which endpoint of a cluster a request is for. What loops share is health alone; everything else is built anew by each
 * loop when endpoints or their health change, so that a pick is a few loads.
 */
package dev.ringway.engine.balance;
