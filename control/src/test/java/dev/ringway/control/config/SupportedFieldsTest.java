package dev.ringway.control.config;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import io.envoyproxy.envoy.config.bootstrap.v3.Bootstrap;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

class SupportedFieldsTest
{
    private static final Path DOCUMENT = Path.of("../docs/config.md");

    private final SupportedFields supported = SupportedFields.load();
    private final Map<String, Descriptor> reachable = reachable();

    @Test
    void shouldListOnlyFieldsThatExist()
    {
        for (final Map.Entry<String, Map<String, SupportedFields.Rule>> message : supported.messages().entrySet())
        {
            final Descriptor type = reachable.get(message.getKey());
            assertNotNull(type, message.getKey() + " is not part of a bootstrap");
            for (final Map.Entry<String, SupportedFields.Rule> entry : message.getValue().entrySet())
            {
                final FieldDescriptor field = type.findFieldByName(entry.getKey());
                if (field == null)
                {
                    assertNotNull(NewerField.find(type, entry.getKey()), message.getKey() + "." + entry.getKey());
                }
                else if (field.getJavaType() == FieldDescriptor.JavaType.ENUM)
                {
                    entry.getValue().values().forEach(value -> assertNotNull(
                        field.getEnumType().findValueByName(value), field.getFullName() + "=" + value));
                }
            }
        }
    }

    @Test
    void shouldListTheFieldsOfEverySupportedMessage()
    {
        for (final Map.Entry<String, Map<String, SupportedFields.Rule>> message : supported.messages().entrySet())
        {
            for (final Map.Entry<String, SupportedFields.Rule> entry : message.getValue().entrySet())
            {
                final FieldDescriptor field = reachable.get(message.getKey()).findFieldByName(entry.getKey());
                if (field != null && field.getJavaType() == FieldDescriptor.JavaType.MESSAGE && !field.isMapField() &&
                    entry.getValue().values().isEmpty() && !field.getMessageType().getFullName().startsWith("google."))
                {
                    assertTrue(supported.messages().containsKey(field.getMessageType().getFullName()),
                        field.getFullName() + " is supported, but none of its fields is listed");
                }
            }
        }
    }

    @Test
    void shouldBeWhatTheDocumentationSays() throws IOException
    {
        final String expected = document();
        if (Boolean.getBoolean("ringway.update.docs"))
        {
            Files.writeString(DOCUMENT, expected);
        }
        assertEquals(expected, Files.readString(DOCUMENT),
            "docs/config.md is out of date; run the tests of control with -Dringway.update.docs=true");
    }

    private String document()
    {
        final StringBuilder text = new StringBuilder("""
            # Configuration
            Ringway reads Envoy's v3 bootstrap, in YAML or JSON: `ringway -c FILE`, `ringway --config-yaml TEXT`, or both,
            the second merged over the first. `ringway --mode validate -c FILE` checks a file and prints everything that is
            wrong with it, each with file, line, field path and reason; TLS files and the places of access logs are looked at, too.
            What can be put into effect and hardly be meant, as a route that no request finds, is a warning.

            Only the fields below are in effect. Every other field that is set is refused, so nothing is silently ignored.
            A field that Envoy does not have either is refused too, unless `--allow-unknown-static-fields` is given. A switch
            that is set to its default by name is fine. Defaults are Envoy's where nothing else is said.

            The tables are made from `control/src/main/resources/dev/ringway/control/config/supported-fields.txt`.
            """);
        supported.messages().forEach((message, fields) ->
        {
            if (!fields.isEmpty())
            {
                text.append("\n## ").append(message).append("\n| field | values | note |\n|---|---|---|\n");
                fields.forEach((field, rule) -> text.append("| `").append(field).append("` | ")
                    .append(rule.values().isEmpty() ? "" : "`" + String.join("`, `", rule.values()) + "`")
                    .append(" | ").append(rule.note().replace("*", "\\*")).append(" |\n"));
            }
        });
        return text.toString();
    }

    private static Map<String, Descriptor> reachable()
    {
        final Map<String, Descriptor> found = new HashMap<>();
        final Deque<Descriptor> queue = new ArrayDeque<>();
        final Set<String> seen = new HashSet<>();
        queue.add(Bootstrap.getDescriptor());
        ExtensionTypes.names().forEach(name -> queue.add(ExtensionTypes.find(name)));
        while (!queue.isEmpty())
        {
            final Descriptor type = queue.poll();
            if (seen.add(type.getFullName()))
            {
                found.put(type.getFullName(), type);
                for (final FieldDescriptor field : type.getFields())
                {
                    if (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE)
                    {
                        queue.add(field.getMessageType());
                    }
                }
            }
        }
        return found;
    }
}
