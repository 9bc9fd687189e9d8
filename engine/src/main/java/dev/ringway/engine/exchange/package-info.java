/**
 * One request with its response, or one TCP relay: where it stands, what it decides, what it counts. The one relay loop
 * of all protocols. Loop thread only.
 */
package dev.ringway.engine.exchange;
