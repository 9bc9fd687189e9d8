package dev.ringway.control.translate;

import dev.ringway.control.config.FieldPath;
import dev.ringway.engine.filter.FilterHead;
import dev.ringway.engine.httpfilters.HeadEdit;
import dev.ringway.engine.httpfilters.HeadEdit.How;
import io.envoyproxy.envoy.config.core.v3.HeaderValueOption;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * Translates {@code config.core.v3.HeaderValueOption} for filters: values without operators.
 */
final class HeadEditTranslator
{
    private final Checks checks;

    /**
     * @param checks where faults go.
     */
    HeadEditTranslator(final Checks checks)
    {
        this.checks = checks;
    }

    /**
     * @param configs messages.
     * @param path    where they stand.
     * @param most    how many there may be.
     * @return edits of a head.
     */
    List<HeadEdit> translate(final List<HeaderValueOption> configs, final FieldPath path, final int most)
    {
        if (configs.size() > most)
        {
            checks.fault(path, "has " + configs.size() + " entries; at most " + most + " are allowed");
        }
        final List<HeadEdit> edits = new ArrayList<>(configs.size());
        for (int i = 0; i < configs.size(); i++)
        {
            final HeadEdit edit = translate(configs.get(i), path.at(i));
            if (edit != null)
            {
                edits.add(edit);
            }
        }
        return List.copyOf(edits);
    }

    /**
     * @param config message.
     * @param path   where it stands.
     * @return the edit, null for one without effect or with a fault, which is noted.
     */
    HeadEdit translate(final HeaderValueOption config, final FieldPath path)
    {
        final FieldPath header = path.field("header");
        final byte[] name = name(config.getHeader().getKey(), header.field("key"));
        final String value = config.getHeader().getValue();
        if (value.chars().anyMatch(c -> c < 0x20 && c != '\t' || c == 0x7f))
        {
            checks.fault(header.field("value"), "must not hold control characters");
            return null;
        }
        if (value.indexOf('%') >= 0)
        {
            checks.fault(header.field("value"), "operators (%...%) are not supported in filters");
            return null;
        }
        if (name == null || value.isEmpty() && !config.getKeepEmptyValue())
        {
            return null;
        }
        return new HeadEdit(name, value.getBytes(UTF_8), how(config, path));
    }

    @SuppressWarnings("deprecation")
    private How how(final HeaderValueOption config, final FieldPath path)
    {
        if (config.hasAppend() && config.getAppendActionValue() != 0)
        {
            checks.fault(path.field("append"), "cannot be set beside append_action");
        }
        if (config.hasAppend())
        {
            return config.getAppend().getValue() ? How.APPEND : How.OVERWRITE;
        }
        return switch (config.getAppendAction())
        {
            case ADD_IF_ABSENT -> How.ADD_IF_ABSENT;
            case OVERWRITE_IF_EXISTS_OR_ADD -> How.OVERWRITE;
            case OVERWRITE_IF_EXISTS -> How.OVERWRITE_IF_EXISTS;
            default -> How.APPEND;
        };
    }

    /**
     * @param text of a field's name.
     * @param path where it stands.
     * @return the name in lower case, or null when it is none that a filter can change, which is noted.
     */
    byte[] name(final String text, final FieldPath path)
    {
        if (!checks.required(text, path))
        {
            return null;
        }
        final byte[] name = text.toLowerCase(Locale.ROOT).getBytes(UTF_8);
        if (!text.matches("[A-Za-z0-9!#$%&'*+.^_`|~-]+"))
        {
            checks.fault(path, "'" + text + "' is no name of a field");
            return null;
        }
        if (FilterHead.isFixed(name))
        {
            checks.fault(path, "'" + text + "' cannot be changed by filters");
            return null;
        }
        return name;
    }
}
