package dev.ringway.control.config;

import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import io.envoyproxy.envoy.config.bootstrap.v3.Bootstrap;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads the bootstrap that the command line names: a file, text given on the command line, or the second merged over
 * the first as Envoy merges them (repeated fields are appended, single ones replaced). Control thread only.
 */
public final class BootstrapLoader
{
    /** Stands for a file name in messages about text that came with the flag. */
    public static final String INLINE = "--config-yaml";

    private final boolean allowUnknownFields;
    private final SupportedFields supported;

    /**
     * @param allowUnknownFields {@code --allow-unknown-static-fields}.
     */
    public BootstrapLoader(final boolean allowUnknownFields)
    {
        this.allowUnknownFields = allowUnknownFields;
        this.supported = SupportedFields.load();
    }

    /**
     * @param file   {@code -c}, or null.
     * @param inline {@code --config-yaml}, or null.
     * @return the bootstrap.
     * @throws ConfigException with everything that was found wrong in either.
     */
    public LoadedBootstrap load(final String file, final String inline) throws ConfigException
    {
        final List<SourceMap.Source> sources = new ArrayList<>();
        if (file != null)
        {
            final ConfigNode root = parse(file, readFile(file));
            if (root == null || root.isNull())
            {
                // One that was cut to nothing must not take all listeners away.
                throw new ConfigException(file, "is empty");
            }
            sources.add(new SourceMap.Source(file, root));
        }
        if (inline != null)
        {
            sources.add(new SourceMap.Source(INLINE, YamlReader.read(INLINE, inline)));
        }
        if (sources.isEmpty())
        {
            throw new ConfigException("configuration", "none given; name a file with -c or give it in --config-yaml");
        }
        final ConfigErrors errors = new ConfigErrors();
        final DynamicMessage.Builder merged = DynamicMessage.newBuilder(Bootstrap.getDescriptor());
        for (final SourceMap.Source source : sources)
        {
            merge(merged, source, errors);
        }
        errors.conclude();
        try
        {
            // Without a look whether required fields are there, for none is.
            return new LoadedBootstrap(Bootstrap.parseFrom(merged.buildPartial().toByteString()), sources.get(0).name(),
                new SourceMap(sources), errors.warnings());
        }
        catch (final InvalidProtocolBufferException ex)
        {
            throw new IllegalStateException(ex);
        }
    }

    /** As in Envoy the name decides; JSON proper may hold tabs, which YAML does not allow everywhere. */
    private static ConfigNode parse(final String file, final String text) throws ConfigException
    {
        return file.endsWith(".json") ? JsonReader.read(file, text) : YamlReader.read(file, text);
    }

    private void merge(
        final DynamicMessage.Builder merged, final SourceMap.Source source, final ConfigErrors errors)
    {
        if (source.root() == null || source.root().isNull())
        {
            return;
        }
        errors.locateIn(new SourceMap(List.of(source)));
        final MessageReader reader = new MessageReader(errors, allowUnknownFields);
        final Message message = reader.read(source.root(), Bootstrap.getDescriptor(), FieldPath.ROOT);
        supported.check(message, FieldPath.ROOT, errors);
        merged.mergeFrom(message);
    }

    private static String readFile(final String file) throws ConfigException
    {
        try
        {
            return Files.readString(Path.of(file));
        }
        catch (final NoSuchFileException ex)
        {
            throw new ConfigException(file, "no such file");
        }
        catch (final AccessDeniedException ex)
        {
            throw new ConfigException(file, "permission denied");
        }
        catch (final CharacterCodingException ex)
        {
            throw new ConfigException(file, "is not UTF-8 text");
        }
        catch (final IOException ex)
        {
            throw new ConfigException(file, "cannot be read: " + ex.getMessage());
        }
    }
}
