package dev.ringway.control.config;

import io.envoyproxy.envoy.config.bootstrap.v3.Bootstrap;

import java.util.List;

/**
 * A bootstrap that could be read and asks for nothing unsupported; whether it makes sense is for the translator.
 *
 * @param bootstrap the merged message.
 * @param name      what {@code --mode validate} calls it: the file name, or the flag that brought it.
 * @param sources   finds the line of a field.
 * @param warnings  unknown fields that were ignored as a flag demands.
 */
public record LoadedBootstrap(Bootstrap bootstrap, String name, SourceMap sources, List<ConfigError> warnings)
{
}
