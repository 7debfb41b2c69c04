// SPDX-License-Identifier: Apache-2.0
package dev.hippo.kit;

import io.micrometer.core.instrument.Measurement;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import javax.management.Attribute;
import javax.management.AttributeList;
import javax.management.AttributeNotFoundException;
import javax.management.DynamicMBean;
import javax.management.InstanceAlreadyExistsException;
import javax.management.InstanceNotFoundException;
import javax.management.JMException;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanConstructorInfo;
import javax.management.MBeanInfo;
import javax.management.MBeanNotificationInfo;
import javax.management.MBeanOperationInfo;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import javax.management.ReflectionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Every meter of a process as a JMX bean, {@code dev.hippo:pipeline=...,hippo=...,name=...} and the meter's tags, whose attributes are what it measures. Read when somebody asks, so that
 * counting costs nothing more. No port is opened: who may attach to the process sees them.
 */
final class MeterBeans {
    private static final Logger log = LoggerFactory.getLogger(MeterBeans.class);

    /** What the name of every bean has. */
    private static final Set<String> OWN = Set.of("pipeline", "hippo", "name");

    private final String pipeline;
    private final String hippo;
    private final MBeanServer server = ManagementFactory.getPlatformMBeanServer();

    private MeterBeans(String pipeline, String hippo) {
        this.pipeline = pipeline;
        this.hippo = hippo;
    }

    /** Shows those that are there and those that will come. */
    static void show(MeterRegistry meters, String pipeline, String hippo) {
        MeterBeans beans = new MeterBeans(pipeline, hippo);
        meters.config().onMeterAdded(beans::show).onMeterRemoved(beans::hide);
        meters.getMeters().forEach(beans::show);
    }

    private ObjectName name(Meter meter) throws JMException {
        StringBuilder name = new StringBuilder("dev.hippo:pipeline=").append(ObjectName.quote(pipeline));
        name.append(",hippo=").append(ObjectName.quote(hippo));
        name.append(",name=").append(ObjectName.quote(meter.getId().getName()));
        for (Tag tag : meter.getId().getTags()) {
            String key = tag.getKey().replaceAll("[^A-Za-z0-9_.-]", "_");
            name.append(',')
                    .append(OWN.contains(key) ? "tag." + key : key)
                    .append('=')
                    .append(ObjectName.quote(tag.getValue()));
        }
        return new ObjectName(name.toString());
    }

    private void show(Meter meter) {
        try {
            server.registerMBean(new Bean(meter), name(meter));
        } catch (InstanceAlreadyExistsException e) {
            log.debug("Two meters of one name: {}", meter.getId());
        } catch (JMException e) {
            log.warn("JMX does not show {}: {}", meter.getId(), e.toString());
        }
    }

    private void hide(Meter meter) {
        try {
            server.unregisterMBean(name(meter));
        } catch (InstanceNotFoundException e) {
            log.debug("JMX did not show {}", meter.getId());
        } catch (JMException e) {
            log.warn("JMX goes on showing {}: {}", meter.getId(), e.toString());
        }
    }

    /** What one meter measures. */
    private static final class Bean implements DynamicMBean {
        private final Meter meter;

        Bean(Meter meter) {
            this.meter = meter;
        }

        private Map<String, Double> values() {
            Map<String, Double> values = new TreeMap<>();
            for (Measurement measurement : meter.measure()) {
                values.put(measurement.getStatistic().name().toLowerCase(Locale.ROOT), measurement.getValue());
            }
            return values;
        }

        @Override
        public Object getAttribute(String attribute) throws AttributeNotFoundException {
            Double value = values().get(attribute);
            if (value == null) {
                throw new AttributeNotFoundException(attribute);
            }
            return value;
        }

        @Override
        public AttributeList getAttributes(String[] attributes) {
            Map<String, Double> values = values();
            AttributeList list = new AttributeList();
            Arrays.stream(attributes)
                    .filter(values::containsKey)
                    .forEach(name -> list.add(new Attribute(name, values.get(name))));
            return list;
        }

        @Override
        public void setAttribute(Attribute attribute) throws AttributeNotFoundException {
            throw new AttributeNotFoundException("a measure is not set: " + attribute.getName());
        }

        @Override
        public AttributeList setAttributes(AttributeList attributes) {
            return new AttributeList();
        }

        @Override
        public Object invoke(String action, Object[] params, String[] signature) throws ReflectionException {
            throw new ReflectionException(new NoSuchMethodException(action));
        }

        @Override
        public MBeanInfo getMBeanInfo() {
            String what = meter.getId().getDescription();
            String unit = meter.getId().getBaseUnit();
            MBeanAttributeInfo[] attributes = values().keySet().stream()
                    .map(name -> new MBeanAttributeInfo(
                            name,
                            Double.class.getName(),
                            unit == null ? name : name + " in " + unit,
                            true,
                            false,
                            false))
                    .toArray(MBeanAttributeInfo[]::new);
            return new MBeanInfo(
                    Bean.class.getName(),
                    what == null ? meter.getId().getName() : what,
                    attributes,
                    new MBeanConstructorInfo[0],
                    new MBeanOperationInfo[0],
                    new MBeanNotificationInfo[0]);
        }
    }
}
