package dev.ringway.control.config;

import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.common.Anchor;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.events.SequenceStartEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads one YAML 1.2 document, of which JSON is a part, into nodes. Values tagged {@code !ignore} are dropped, as in
 * Envoy, so that a file can keep anchors of its own. Bounded: depth, size and duplicate keys are checked.
 */
final class YamlReader
{
    private static final int MAX_CODE_POINTS = 64 * 1024 * 1024;

    private final String source;
    private final Iterator<Event> events;
    private final Map<Anchor, ConfigNode> anchors = new HashMap<>();

    private YamlReader(final String source, final Iterator<Event> events)
    {
        this.source = source;
        this.events = events;
    }

    /**
     * @param source file name for messages.
     * @param text   the document.
     * @return its root, or null when the document is empty.
     * @throws ConfigException with the line, when it cannot be parsed.
     */
    static ConfigNode read(final String source, final String text) throws ConfigException
    {
        final LoadSettings settings = LoadSettings.builder()
            .setLabel(source).setCodePointLimit(MAX_CODE_POINTS).setUseMarks(true).build();
        try
        {
            return new YamlReader(source, new Parse(settings).parseString(text).iterator()).document();
        }
        catch (final MarkedYamlEngineException ex)
        {
            final int line = ex.getProblemMark().or(ex::getContextMark).map(mark -> mark.getLine() + 1).orElse(0);
            throw new ConfigException(List.of(new ConfigError(source, line, "",
                "not valid YAML: " + (ex.getContext() == null ? "" : ex.getContext() + ", ") + ex.getProblem())));
        }
        catch (final YamlEngineException ex)
        {
            throw new ConfigException(source, "not valid YAML: " + firstLine(ex.getMessage()));
        }
    }

    private ConfigNode document() throws ConfigException
    {
        events.next();
        Event event = events.next();
        if (event.getEventId() == Event.ID.StreamEnd)
        {
            return null;
        }
        event = events.next();
        final ConfigNode root = node(event, 0);
        events.next();
        if (events.next().getEventId() != Event.ID.StreamEnd)
        {
            throw fault(root.line(), "holds more than one YAML document; keep one");
        }
        return root;
    }

    private ConfigNode node(final Event event, final int depth) throws ConfigException
    {
        if (depth > ConfigNode.MAX_DEPTH)
        {
            throw fault(line(event), "nested deeper than " + ConfigNode.MAX_DEPTH + " levels");
        }
        final ConfigNode node = switch (event.getEventId())
        {
            case Scalar -> scalar((ScalarEvent)event);
            case MappingStart -> map((MappingStartEvent)event, depth);
            case SequenceStart -> list((SequenceStartEvent)event, depth);
            case Alias -> alias((AliasEvent)event);
            default -> throw fault(line(event), "unexpected " + event.getEventId());
        };
        if (node.excess() != null)
        {
            throw fault(line(event), node.excess());
        }
        if (event instanceof final NodeEvent named && !(event instanceof AliasEvent))
        {
            named.getAnchor().ifPresent(anchor -> anchors.put(anchor, node));
        }
        return node;
    }

    private static ConfigNode scalar(final ScalarEvent event)
    {
        final boolean quoted = event.getScalarStyle() != ScalarStyle.PLAIN ||
            event.getTag().filter(tag -> tag.endsWith(":str")).isPresent();
        return ConfigNode.scalar(line(event), event.getValue(), quoted);
    }

    private ConfigNode map(final MappingStartEvent start, final int depth) throws ConfigException
    {
        final Map<String, ConfigNode> entries = new LinkedHashMap<>();
        for (Event event = events.next(); event.getEventId() != Event.ID.MappingEnd; event = events.next())
        {
            final ConfigNode key = node(event, depth + 1);
            if (!key.isScalar())
            {
                throw fault(key.line(), "a key of a map must be a string, not " + key.kind());
            }
            final Event value = events.next();
            final boolean ignored = isIgnored(value);
            final ConfigNode node = node(value, depth + 1);
            if (!ignored && entries.putIfAbsent(key.text(), node) != null)
            {
                throw fault(key.line(), "'" + key.text() + "' is given twice, first in line " +
                    entries.get(key.text()).line());
            }
        }
        return ConfigNode.map(line(start), entries);
    }

    private ConfigNode list(final SequenceStartEvent start, final int depth) throws ConfigException
    {
        final List<ConfigNode> items = new ArrayList<>();
        for (Event event = events.next(); event.getEventId() != Event.ID.SequenceEnd; event = events.next())
        {
            items.add(node(event, depth + 1));
        }
        return ConfigNode.list(line(start), items);
    }

    private ConfigNode alias(final AliasEvent event) throws ConfigException
    {
        // An anchor is known only once its node is complete, so a node cannot hold itself.
        final ConfigNode node = event.getAnchor().map(anchors::get).orElse(null);
        if (node == null)
        {
            throw fault(line(event), "alias *" + event.getAnchor().map(Anchor::getValue).orElse("") +
                " has no anchor before it");
        }
        return node;
    }

    private static boolean isIgnored(final Event event)
    {
        final Optional<String> tag = switch (event.getEventId())
        {
            case Scalar -> ((ScalarEvent)event).getTag();
            case MappingStart -> ((MappingStartEvent)event).getTag();
            case SequenceStart -> ((SequenceStartEvent)event).getTag();
            default -> Optional.empty();
        };
        return tag.filter("!ignore"::equals).isPresent();
    }

    private ConfigException fault(final int line, final String reason)
    {
        return new ConfigException(List.of(new ConfigError(source, line, "", "not valid YAML: " + reason)));
    }

    private static int line(final Event event)
    {
        return event.getStartMark().map(Mark::getLine).orElse(-1) + 1;
    }

    private static String firstLine(final String text)
    {
        final int end = text == null ? -1 : text.indexOf('\n');
        return end < 0 ? text : text.substring(0, end);
    }
}
