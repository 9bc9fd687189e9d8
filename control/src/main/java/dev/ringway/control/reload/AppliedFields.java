package dev.ringway.control.reload;

import com.google.protobuf.Descriptors.FieldDescriptor;
import dev.ringway.control.config.LoadedBootstrap;
import io.envoyproxy.envoy.config.bootstrap.v3.Bootstrap;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.logging.Logger;

/**
 * Which fields of a bootstrap a reload applies; the others are asked for at the start only.
 */
final class AppliedFields
{
    private static final Set<String> APPLIED = Set.of("static_resources", "layered_runtime");

    private final Logger logger;

    /**
     * @param logger told what takes a restart.
     */
    AppliedFields(final Logger logger)
    {
        this.logger = logger;
    }

    /**
     * @param fresh that was read.
     * @param old   in force.
     * @return the fresh one, with the old values of all that is not applied.
     */
    LoadedBootstrap of(final LoadedBootstrap fresh, final Bootstrap old)
    {
        final Bootstrap.Builder effective = fresh.bootstrap().toBuilder();
        final List<String> changed = new ArrayList<>();
        for (final FieldDescriptor field : Bootstrap.getDescriptor().getFields())
        {
            final Object value = old.getAllFields().get(field);
            if (!APPLIED.contains(field.getName()) &&
                !Objects.equals(value, fresh.bootstrap().getAllFields().get(field)))
            {
                changed.add(field.getName());
                effective.clearField(field);
                if (value != null)
                {
                    effective.setField(field, value);
                }
            }
        }
        if (!changed.isEmpty())
        {
            logger.warning(fresh.name() + ": " + String.join(", ", changed) +
                " changed, which takes a restart; the old value holds until then");
        }
        return new LoadedBootstrap(effective.build(), fresh.name(), fresh.sources(), fresh.warnings());
    }
}
