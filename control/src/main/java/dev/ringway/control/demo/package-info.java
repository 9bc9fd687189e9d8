/**
 * The demo: a page and an API served through the proxy, and the training run that makes the start-up cache.
 */
package dev.ringway.control.demo;
